"""The bills of an account: month by month, each line with its reason, the PDF."""
