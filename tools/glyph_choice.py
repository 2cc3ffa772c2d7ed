"""Which characters of which faces make_glyphs.py draws, and which it leaves out because they may be read as a digit."""

# Faces by the stem of their file. Handwriting, brush and comic lettering: letters and common signs.
_HAND = """
Breip breipfont BecauseWeBuild-Regular BecauseWeConnect-Regular BecauseWeCreate-Regular BecauseWeLearn-Regular
BecauseWeMentor-Regular BecauseWeOrganize-Regular ComicNeue-Regular ComicNeue-Light DancingScript-Regular dkg dkgIt
Ecolier-court Humor-Sans Kristi KaushanScript-Regular LeckerliOne-Regular LobsterTwo-Regular LobsterTwo-Italic
Havana-Regular Bajaderka-Regular Joscelyn-Regular TomsonTalks YuseiMagic-Regular setofont KleeOne-Regular kiloji
kiloji_d kiloji_p NanumPen NanumBrush NanumBarunpenR Delphine SteveHand Rufscript010 Purisa Chilanka-Regular
Karumbi-Regular BMKIRANGHAERANG-TTF BMYEONSUNG_ttf BMEULJIROTTF RIT-Sundar texgyrechorus-mediumitalic
Z003-MediumItalic GFSNeohellenicIt OpenDyslexic-Regular KouzanBrushFontSousyo kouzan-mouhitsu Lemonada-Light Cupola
"""
HAND_FACES = _HAND.split()

# Print in which handwriting has its models: plain sans, slanted and narrow faces, few with serifs. Letters alone.
_PRINT = """
AveriaSansGWF-Regular AveriaSansGWF-Italic AveriaSerifGWF-Regular Cabin-Regular Cabin-Italic Cantarell-Light
Comfortaa-Regular Dosis-Light DejaVuSans DejaVuSerif eurof35 eurof55 eurof56 eurofc35 FantasqueSansMono-Regular
FantasqueSansMono-Italic Inconsolata Jura-Light Karla-Light Karla-Italic Klaudia Berenika Lato-Light Lato-Italic
LiberationSans-Regular LiberationSans-Italic LiberationSansNarrow-Regular LiberationSerif-Italic Manrope-Light
monof55 monof56 Mplus1-Light Mplus2-Regular NanumSquareRoundR NationalPark-Regular OpenSans-Light
OpenSans-LightItalic osifont PTF55F PTF56F PTS56F Play-Regular Quicksand-Light Quicksand-Regular RadisSans-medium
Roboto-Light Roboto-LightItalic routed-gothic routed-gothic-narrow routed-gothic-wide okolaksRegular Stick-Regular
SmileySans-Oblique Tuffy tuffy_regular Andika-Regular Andika-Italic YanoneKaffeesatz-Light texgyreadventor-regular
texgyrepagella-italic texgyrebonum-italic RocknRollOne-Regular ReggaeOne-Regular Fanwood-Italic OldStandard-Italic
Vollkorn-Italic Caliban Junction Blankenburg_UNZ1A
"""
PRINT_FACES = _PRINT.split()

HANGUL_FACES = ["NanumPen", "NanumBrush", "NanumGothicLight", "BMKIRANGHAERANG-TTF"]
KANA_FACES = ["KleeOne-Regular", "YuseiMagic-Regular", "setofont"]

# Faces, first and last code point; the letters between are drawn.
SCRIPTS = [
    (["DejaVuSans", "GFSGazis", "GFSNeohellenicIt", "NotoSerif-Regular"], 0x391, 0x3C9),  # Greek
    (["ComicNeue-Regular", "PTS56F", "PTF56F", "DejaVuSans", "Cupola", "NanumPen"], 0x410, 0x44F),  # Cyrillic
    (["NotoSansArmenian-Regular", "NotoSerifArmenian-Regular"], 0x531, 0x586),
    (["NotoSansHebrew-Regular", "NotoRashiHebrew-Regular", "SILEOT"], 0x5D0, 0x5EA),
    (["NotoNaskhArabic-Regular", "NotoKufiArabic-Regular", "NotoNastaliqUrdu-Regular"], 0x621, 0x64A),
    (["NotoNaskhArabic-Regular"], 0x671, 0x6D3),
    (["NotoSansSyriac-Regular"], 0x710, 0x72F),
    (["NotoSansDevanagari-Regular", "NotoSerifDevanagari-Regular"], 0x904, 0x939),
    (["NotoSansBengali-Regular", "NotoSerifBengali-Regular"], 0x985, 0x9B9),
    (["NotoSansGurmukhi-Regular"], 0xA05, 0xA39),
    (["NotoSansGujarati-Regular"], 0xA85, 0xAB9),
    (["NotoSansOriya-Regular"], 0xB05, 0xB39),
    (["NotoSansTamil-Regular", "NotoSerifTamil-Regular"], 0xB85, 0xBB9),
    (["NotoSansTelugu-Regular"], 0xC05, 0xC39),
    (["NotoSansKannada-Regular", "Navilu"], 0xC85, 0xCB9),
    (["NotoSansMalayalam-Regular", "Chilanka-Regular", "Karumbi-Regular", "RIT-Sundar"], 0xD05, 0xD3A),
    (["NotoSansSinhala-Regular"], 0xD85, 0xDC6),
    (["NotoSansThai-Regular", "NotoLoopedThai-Regular", "Purisa"], 0xE01, 0xE2E),
    (["NotoSansLao-Regular"], 0xE81, 0xEAE),
    (["NotoSerifTibetan-Regular"], 0xF40, 0xF6A),
    (["NotoSansMyanmar-Regular"], 0x1000, 0x1021),
    (["NotoSansGeorgian-Regular", "NotoSerifGeorgian-Regular"], 0x10A0, 0x10F0),
    (["NotoSansEthiopic-Regular", "AbyssinicaSIL-Regular"], 0x1200, 0x1300),
    (["NotoSansKhmer-Regular"], 0x1780, 0x17A2),
    (["NotoSansMongolian-Regular"], 0x1820, 0x1842),
    (["NotoSansRunic-Regular"], 0x16A0, 0x16EA),
    (["NotoSansJavanese-Regular"], 0xA984, 0xA9B2),
]

SYMBOLS = (
    "?!&@#%+*=~^<>{}[]$£€¥§¶©®¿¡«»±÷×¤"
    "←↑→↓↔↕↖↗↘↙↰↱↲↳↺↻⇐⇒⇔∀∂∃∅∆∇∈∏∑√∞∠∧∨∩∪∫≈≠≡≤≥⊂⊃⊕⊗⊥⌂⌘⏏"
    "■□▲△▶▷▼▽◀◁◆◇◈★☆☀☁☂☃☎☑☒☕☘☠☢☣☮☯☹☺☻☼☽☾♀♂♈♉♋♌♍♎♏♐♑♒♓♔♕♖♗♘♙♚♛♜♝♞♟♠♡♢♣♤♥♦♧♩♪♫♬♭♮♯⚑⚓⚔⚖⚙⚛⚠⚡"
    "✂✈✉✌✎✓✔✕✖✗✘✚✝✠✡✦✧✩✪✫✬✭✮✯✱✲✳✶✷✸✹✺✻✼✽✾❀❁❂❃❄❅❆❇❈❉❊❋❖❤❥❦❧➔➘➙➚➛➜➝➞➟➠➢➤➥➳➵➸➺➼➽"
    "😀😁😂😃😄😅😆😉😊😋😎😐😒😓😔😖😘😚😜😝😞😠😡😢😣😭😮😱😴🌙🌲🌳🌵🌷🌸🌻🍀🍎🍒🎁🎃🎄🎈🎵🎶🏠🏡🐈🐍🐕🐘🐙🐟🐢🐦👀👂👍👎👑👣👤💀💔💕💡💣📎📖📞🔑🔒🔔🔥🔨🔫🚗🚲"
)

# What a careful reader may take for a digit when it is drawn by hand, turned or slanted a little.
LATIN_LOOKALIKES = set("oOlIzZsSgqb")
LOOKALIKES = LATIN_LOOKALIKES | set(
    "ΟοΙιςσΖζϑ"  # Greek
    "ОоЗзЧчбБЭэьЬяІіЅѕ"  # Cyrillic
    "ՕօՏԶՁՑցՉշզձջյլիԼԱզգջօՂղՅտ"  # Armenian
    "וןזסםלךרדגןט"  # Hebrew
    "اهةوىعغےہھہەۀۂۃٱۄۅۆۇۈۉۊۋې"  # Arabic
    "އ"
    "ठढटडरह२"  # Devanagari
    "ঠঢটডওণ"  # Bengali
    "ਠਟਰਤਡ"  # Gurmukhi
    "ઠટરડગઢહ"  # Gujarati
    "ଠଓଥ୦ଟଡ"  # Oriya
    "டபரவ"  # Tamil
    "ం౦ర"  # Telugu
    "ಠದ೦"  # Kannada
    "ഠറദധഒരനഗ"  # Malayalam
    "පරට"  # Sinhala
    "ลจวอฮเงว"  # Thai
    "ວອຈລງ"  # Lao
    "ဝဂငပဓရ"  # Myanmar
    "ნიბზყვგოგდეჲეა"  # Georgian
    "Ⴈ"
    "ዐፀዕዒዓ"  # Ethiopic
    "ងថ"  # Khmer
    "ᛁᛌᛍᛊᛋᛧᛐᛑᛚ"  # Runic
    "ㄱㅇㅣㅡㄹㄷㄴㅁㆁ"  # jamo
    "フワクつてラヌろるノりリしくへヘレんそ一ーうらスヌユコ了二三〇口"  # kana
    "§$£¶¿∂∅∆∞∫∃♋♊♭ട¤©"
    # seen among the glyphs, and like one or another digit
    "ຂᠵᠶᠷᠳㅓဉპკկયપઙఎਭႽヨョངՎちぢउಒഺקऩሏیجحخچڃځڂڇڅבङرㅋヲۓչ"
    "ሷሯદનচርኗഭዑዔዖՀっႬぅܨءცཌઉऱཟيٸۍێۑՍㅙ"
    "ঌઇཅཙႠႡႰႯႸხႩმረሩሪሮᛃᠪᠫᠨづでꦌꦍꦎ"
)
