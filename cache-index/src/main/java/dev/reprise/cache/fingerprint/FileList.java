package dev.reprise.cache.fingerprint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Digests the files of a list, each as {@link FileFingerprinter} does, which are best asked for in
 * their order: what is remembered of many lies in one record, so that files that did not change
 * cost little more than asking for their stamps.
 *
 * <p>Belongs to one thread.
 */
public final class FileList {
  /** A record of this many is some 20 KiB. */
  static final int BLOCK = 256;

  /** Of fewer, each is remembered by itself alone. */
  static final int LEAST = 32;

  private final FileFingerprinter fingerprinter;
  private final FileMemo memo;
  private final String name;
  private final List<Path> paths;
  private @Nullable Block block;

  /**
   * @param name of the list, the same in each run
   * @param paths absolute
   */
  FileList(FileFingerprinter fingerprinter, FileMemo memo, String name, List<Path> paths) {
    this.fingerprinter = fingerprinter;
    this.memo = memo;
    this.name = name;
    this.paths = paths;
  }

  /**
   * A file and the digest of its bytes, which are read unless the memo knows its present stamp.
   *
   * @throws UnreadableFileException if the file is missing, is no regular file or cannot be read
   * @throws FileChangedException if it changed while it was being read
   */
  public StampedFile get(int place) throws IOException {
    if (paths.size() < LEAST) {
      return fingerprinter.stamped(paths.get(place), null).file();
    }
    Block within = block;
    if (within == null || within.files.number() != place / BLOCK) {
      within = new Block(place / BLOCK);
      block = within;
    }
    return within.get(place % BLOCK);
  }

  /** The block that the last file was in. */
  private final class Block {
    private final FileBlock files;
    private final @Nullable StampedFile[] remembered;
    private final @Nullable StampedFile[] lasting;
    private final boolean[] asked;
    private int unasked;
    private boolean isNew;

    Block(int number) {
      int from = number * BLOCK;
      int to = Math.min(paths.size(), from + BLOCK);
      files = new FileBlock(name, number, paths.subList(from, to));
      unasked = to - from;
      remembered = memo.find(files);
      lasting = new StampedFile[unasked];
      asked = new boolean[unasked];
    }

    StampedFile get(int at) throws IOException {
      StampedFile before = remembered[at];
      FileFingerprinter.Found now = fingerprinter.stamped(files.paths().get(at), before);
      if (!asked[at]) {
        asked[at] = true;
        unasked--;
        lasting[at] = now.isLasting() ? now.file() : null;
        isNew |= now.isLasting() && now.isNew();
        if (unasked == 0 && isNew) {
          memo.remember(files, lasting);
        }
      }
      return now.file();
    }
  }
}
