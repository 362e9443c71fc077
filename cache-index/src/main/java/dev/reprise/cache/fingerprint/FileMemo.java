package dev.reprise.cache.fingerprint;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the digests of files by their stamps, so that a file that has not changed is not read
 * again. Forgetting costs a read and nothing else. May be called from several threads.
 */
public interface FileMemo {
  /** Remembers nothing. */
  FileMemo NONE =
      new FileMemo() {
        @Override
        public Optional<Fingerprint> find(FileStamp stamp) {
          return Optional.empty();
        }

        @Override
        public void remember(FileStamp stamp, Fingerprint content) {}
      };

  /** The digest that was remembered for exactly this stamp; empty if there is none. */
  Optional<Fingerprint> find(FileStamp stamp);

  /** Remembers the digest of the file that has this stamp, in place of what it had before. */
  void remember(FileStamp stamp, Fingerprint content);

  /**
   * What was remembered of files that follow each other, at their places; null of those that
   * nothing is remembered of with their block.
   */
  default @Nullable StampedFile[] find(FileBlock block) {
    return new StampedFile[block.paths().size()];
  }

  /**
   * Remembers files together, beside each for itself.
   *
   * @param files those of the block; null of those that may not be remembered
   */
  default void remember(FileBlock block, @Nullable StampedFile[] files) {}
}
