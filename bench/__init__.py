"""What is measured beside the accuracy: times of reading and training, and the service under load.

reading, training, pages            one process: `make bench`, `bench-training`, `bench-pages`
soak, overload, beside              a service of their own (`own_service`) and its clients: `make soak`,
                                    `bench-overload`, `bench-beside`
serving                             the service beside five other ways to serve digits: `make bench-serving`
traffic, clients                    what the clients of `soak` send, and how they judge the answers
"""
