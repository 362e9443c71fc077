package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The source tree that this was built from. */
public final class SourceTree {
  private SourceTree() {}

  /**
   * A file in it.
   *
   * @param place from its root
   * @param what it is for: "which starts a cluster"
   */
  public static Path file(String place, String what) {
    try {
      // …/benchmarks/target/classes, or a jar beside it.
      Path code =
          Path.of(SourceTree.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path file = code.resolve("../../..").normalize().resolve(place);
      checkState(
          Files.exists(file), "there is no %s, %s; call ./reprise of the source tree", file, what);
      return file;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
