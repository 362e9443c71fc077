package dev.reprise.cli.base;

import dev.reprise.config.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of commands that write a file of the user's, who may have one there by mistake. */
public final class ReplaceOption {
  @Option(
      names = "--replace",
      description = "write over a file that is there (default: refuse, unless it is empty)")
  private boolean replace;

  /**
   * Checks that there is nothing to lose at a path. A pipe or a device is none of that.
   *
   * @param option that named it
   * @throws UsageException if a file that is not empty is there, or a link to nothing, and not to
   *     be replaced
   */
  public void check(String option, Path file) throws IOException {
    String why = refusal(option, file);
    if (why != null) {
      throw new UsageException(why);
    }
  }

  /** Why {@link #check} refuses, for commands that only show what they would do; else null. */
  public @Nullable String refusal(String option, Path file) throws IOException {
    if (replace) {
      return null;
    } else if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      return "%s %s: this is a link to %s, which is not there or cannot be looked at; name another, or have the link replaced with --replace"
          .formatted(option, file, Files.readSymbolicLink(file));
    }
    return Files.isRegularFile(file) && Files.size(file) > 0
        ? "%s %s: there is such a file already; name another, or have it replaced with --replace"
            .formatted(option, file)
        : null;
  }
}
