"""What judges an answer: the exercise as data, the comparison, the diagnosis and the guard."""
