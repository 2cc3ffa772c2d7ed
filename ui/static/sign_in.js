// Gradio's own route answers a name and a password with a cookie.

const form = document.querySelector(".sign-in");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wrong = form.querySelector(".wrong");
  wrong.textContent = "";
  const response = await fetch(new URL("login", document.baseURI), { method: "POST", body: new FormData(form) }).catch(() => null);
  if (response?.ok) location.reload();
  else wrong.textContent = response ? "The name or the password is wrong." : "No connection. Try again.";
});
