package dev.reprise.cli.pipeline;

import dev.reprise.cli.base.Words;
import dev.reprise.run.CacheMode;

/** What {@code --cache} may be, for shells. */
final class CacheWords extends Words {
  CacheWords() {
    super(CacheMode.words().toArray(String[]::new));
  }
}
