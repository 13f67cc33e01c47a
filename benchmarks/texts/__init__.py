"""Real texts for benchmarks, from packages that are downloaded when needed.

    packages   downloads packages with this machine's clients (apt-get, npm) and unpacks them
    works      parses their content: descriptions, pages, mails, a dictionary, verses
    languages  the packages of each language's collection, and its expected size
    posts      cuts a collection into posts of feeds

Everything is stored in one folder. A second run needs no network.
"""
