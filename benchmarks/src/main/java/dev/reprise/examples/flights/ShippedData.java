package dev.reprise.examples.flights;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the data is that is shipped with the examples: {@code benchmarks/data} of the source tree.
 */
final class ShippedData {
  private static final Path FROM_ROOT = Path.of("benchmarks", "data");

  private ShippedData() {}

  /** The folder: above where this class was loaded from, else below the working directory. */
  static Path folder() {
    try {
      Path code =
          Path.of(ShippedData.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path above = code; above != null; above = above.getParent()) {
        if (Files.isDirectory(above.resolve(FROM_ROOT))) {
          return above.resolve(FROM_ROOT);
        }
      }
    } catch (URISyntaxException e) {
      return FROM_ROOT.toAbsolutePath();
    }
    return FROM_ROOT.toAbsolutePath();
  }
}
