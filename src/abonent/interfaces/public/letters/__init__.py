"""Links of letters, each for one thing, and the electronic bill without sign-in."""
