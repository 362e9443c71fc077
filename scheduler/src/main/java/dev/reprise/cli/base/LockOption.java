package dev.reprise.cli.base;

import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import picocli.CommandLine.Option;

/** {@code --lock-timeout} of commands that change the index: a mixin. */
public final class LockOption {
  private final Flags flags;

  /** Passes on what is given to {@code flags}. */
  public LockOption(Flags flags) {
    this.flags = flags;
  }

  @Option(
      names = "--lock-timeout",
      paramLabel = "TIME",
      description = "how long to wait for another process that holds the index (default: 5m)")
  void lockTimeout(String time) {
    flags.set(Setting.LOCK_TIMEOUT, time);
  }
}
