package dev.reprise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Files with bytes by chance. */
final class SourceFolder {
  private static final int PER_FOLDER = 1000;

  private SourceFolder() {}

  /** Makes {@code count} files of {@code bytes} each. */
  static List<Path> make(Path folder, int count, int bytes) throws IOException {
    SplittableRandom chance = new SplittableRandom(count);
    List<Path> files = new ArrayList<>(count);
    byte[] content = new byte[bytes];
    for (int i = 0; i < count; i++) {
      Path file = folder.resolve("part-" + i / PER_FOLDER).resolve(i + ".bin");
      Files.createDirectories(folder.resolve("part-" + i / PER_FOLDER));
      chance.nextBytes(content);
      Files.write(file, content);
      files.add(file);
    }
    return files;
  }
}
