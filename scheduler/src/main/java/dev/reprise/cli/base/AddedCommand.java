package dev.reprise.cli.base;

/**
 * A command of the launcher that comes with another jar of the class path, where it is found as a
 * service; for what belongs to the source tree and not to a user's own program.
 */
public interface AddedCommand {
  /** The word that calls it. */
  String name();

  /** What it does, in a line. */
  String description();

  /** Makes the command for picocli: a {@code Callable} of an exit code. */
  Object make(CommandContext context);
}
