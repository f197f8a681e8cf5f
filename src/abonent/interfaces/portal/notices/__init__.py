"""What the house tells the person by itself: the electronic bill and reminders."""
