package dev.reprise.cache.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;

/**
 * The process that holds an index, as it wrote it down itself.
 *
 * @param pid of the process; 0 if it is not known
 * @param host it runs on; empty if not known
 * @param user who started it
 * @param since when it opened the index
 * @param command what it runs, such as {@code reprise run flights}
 */
public record Holder(long pid, String host, String user, Instant since, String command) {
  /** Somebody who did not write down who it is. */
  static final Holder UNKNOWN = new Holder(0, "", "", Instant.EPOCH, "");

  private static final int LONGEST = 200;

  /**
   * Returns this process.
   *
   * @param since when it opened the index
   * @param command what it runs
   */
  static Holder self(Instant since, String command) {
    return new Holder(
        ProcessHandle.current().pid(),
        HostName.find(),
        System.getProperty("user.name", ""),
        since,
        command);
  }

  /** For messages: {@code pid 123 on host h since 2026-03-01T10:21:07Z (reprise run flights)}. */
  @Override
  public String toString() {
    if (pid == 0) {
      return "a process that did not say which";
    }
    return "pid "
        + pid
        + " on host "
        + host
        + " since "
        + since
        + (command.isEmpty() ? "" : " (" + command + ")");
  }

  /** Writes it down. */
  void write(Path file) throws IOException {
    String text =
        String.join(
            "\n",
            "pid=" + pid,
            "host=" + host,
            "user=" + user,
            "since=" + since,
            "command=" + command.replace('\n', ' '),
            "");
    Files.writeString(file, text, UTF_8);
  }

  /** Reads what a holder wrote down; {@link #UNKNOWN} if there is nothing that makes sense. */
  static Holder read(Path file) {
    Map<String, String> found = new HashMap<>();
    try {
      for (String line : Files.readString(file, UTF_8).split("\n", -1)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          found.put(line.substring(0, equals), Text.safe(line.substring(equals + 1), LONGEST));
        }
      }
      return new Holder(
          Long.parseLong(found.getOrDefault("pid", "")),
          found.getOrDefault("host", ""),
          found.getOrDefault("user", ""),
          Instant.parse(found.getOrDefault("since", "")),
          found.getOrDefault("command", ""));
    } catch (IOException | NumberFormatException | DateTimeParseException e) {
      return UNKNOWN;
    }
  }
}
