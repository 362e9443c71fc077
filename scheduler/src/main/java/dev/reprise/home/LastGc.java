package dev.reprise.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** When a home was last rid of what nothing used, in a file beside its index. */
final class LastGc {
  private static final String FIRST_WORDS = "reprise-gc 1 ";

  private final Path file;

  /** Takes the folder of the home. */
  LastGc(Path home) {
    this.file = home.resolve("last-gc");
  }

  /**
   * Whether it is so long ago. If nobody knows, or a clock was set back since, it is.
   *
   * @param every how long, in whatever unit
   */
  boolean isDue(Duration every, Instant now) {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      if (!text.matches(FIRST_WORDS + "\\d{1,18}\n")) {
        return true;
      }
      long millis = Long.parseLong(text.strip().substring(FIRST_WORDS.length()));
      Duration since = Duration.between(Instant.ofEpochMilli(millis), now);
      return since.isNegative() || since.compareTo(every) >= 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Writes down that it is now. */
  void write(Instant now) throws IOException {
    Files.writeString(file, FIRST_WORDS + now.toEpochMilli() + "\n");
  }
}
