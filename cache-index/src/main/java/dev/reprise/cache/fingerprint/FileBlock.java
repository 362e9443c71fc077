package dev.reprise.cache.fingerprint;

import java.nio.file.Path;
import java.util.List;

/**
 * Files that follow each other in a list, of which a memo keeps one record.
 *
 * @param list names the list, the same in each run
 * @param number of the block in it
 * @param paths of its files, absolute
 */
public record FileBlock(String list, int number, List<Path> paths) {
  /** Digest of the list's name and the number, under which a memo keeps what it knows. */
  public Fingerprint id() {
    return Hasher.of("reprise/file-block").putString(list).putLong(number).finish();
  }

  /** Digest of the paths, by which a memo tells whether it knows these files. */
  public Fingerprint pathsDigest() {
    Hasher hasher = Hasher.of("reprise/file-block/paths").putLong(paths.size());
    paths.forEach(path -> hasher.putString(path.toString()));
    return hasher.finish();
  }
}
