package dev.reprise.cli.pipeline;

import dev.reprise.cli.base.Words;

/** What {@code --console} may be, for shells. */
final class ConsoleWords extends Words {
  ConsoleWords() {
    super("auto", "rich", "plain", "json");
  }
}
