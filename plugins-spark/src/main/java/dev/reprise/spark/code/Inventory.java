package dev.reprise.spark.code;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/**
 * The jars that an executor has of its own, so that they need not be sent there.
 *
 * @param sparks what lies beside Spark's own jar, as {@link #artifact} names it
 * @param others SHA-256 of each further jar on its class path
 */
public record Inventory(Set<String> sparks, Set<String> others) {
  public Inventory {
    sparks = Set.copyOf(sparks);
    others = Set.copyOf(others);
  }

  /** Looks at the class path of this process. */
  public static Inventory here() {
    Path beside = ofSpark();
    Set<String> sparks = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry).toAbsolutePath().normalize();
      if (!entry.endsWith(".jar")) {
        continue;
      }
      if (beside != null && beside.equals(jar.getParent())) {
        sparks.add(artifact(jar));
      } else if (Files.isRegularFile(jar)) {
        try {
          others.add(Digests.of(jar).toString());
        } catch (IOException e) {
          // What cannot be read is not there; the driver sends its own.
        }
      }
    }
    return new Inventory(sparks, others);
  }

  private static @Nullable Path ofSpark() {
    try {
      Path jar =
          Path.of(SparkContext.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.toAbsolutePath().normalize().getParent();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The name of a jar without its version. */
  static String artifact(Path jar) {
    return String.valueOf(jar.getFileName())
        .replaceFirst("(-\\d+(\\.\\w+)*(-[A-Za-z]+\\d*|-\\d+)?)?\\.jar$", "");
  }

  /** Whether Spark brings a jar of this name, in whatever version. */
  boolean sparks(Path jar) {
    return sparks.contains(artifact(jar));
  }

  boolean others(Fingerprint digest) {
    return others.contains(digest.toString());
  }

  /** Packs it. */
  public void write(ByteWriter to) {
    to.putInt(sparks.size());
    sparks.forEach(to::putString);
    to.putInt(others.size());
    others.forEach(to::putString);
  }

  /** Reads what {@link #write} wrote. */
  public static Inventory read(ByteReader from) throws BadRecordException {
    return new Inventory(names(from), names(from));
  }

  private static Set<String> names(ByteReader from) throws BadRecordException {
    Set<String> names = new TreeSet<>();
    for (int left = from.getInt(); left > 0; left--) {
      names.add(from.getString());
    }
    return names;
  }
}
