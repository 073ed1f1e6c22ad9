"""Ways out of the house: each takes a message to one recipient, or says in one sentence why it could not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """The sentences of one or more notices, oldest first."""

    sentences: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.sentences[0] if len(self.sentences) == 1 else f"{len(self.sentences)} 条通知"

    @property
    def text(self) -> str:
        """One sentence by itself, several as a numbered list."""
        if len(self.sentences) == 1:
            return self.sentences[0]
        lines = [f"{number}. {sentence}" for number, sentence in enumerate(self.sentences, 1)]
        return "\n".join([f"{self.subject}：", *lines])


class NotSent(Exception):
    """Why, as a sentence for people; is_final: trying again would not help."""

    def __init__(self, sentence: str, is_final: bool = False):
        super().__init__(sentence)
        self.sentence, self.is_final = sentence, is_final
