package dev.reprise.cache.index;

import java.nio.file.Path;
import java.util.Optional;

/** What opening an index came to. */
public sealed interface OpenReport {
  /** What the user should be told; empty if all is as it was left. */
  Optional<String> message();

  /** It was there and is fine. */
  record Opened() implements OpenReport {
    @Override
    public Optional<String> message() {
      return Optional.empty();
    }
  }

  /** There was none; it begins empty. */
  record Made() implements OpenReport {
    @Override
    public Optional<String> message() {
      return Optional.empty();
    }
  }

  /**
   * What was there is moved aside; the index begins empty. Results with blobs can be found again.
   *
   * @param to where it is now
   * @param why it could not stay
   */
  record MovedAside(Path to, String why) implements OpenReport {
    @Override
    public Optional<String> message() {
      return Optional.of(
          why
              + "; it is moved to "
              + to
              + " and the index begins empty: 'reprise cache rebuild' finds again what the store"
              + " holds");
    }
  }
}
