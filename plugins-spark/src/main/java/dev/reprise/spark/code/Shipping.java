package dev.reprise.spark.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.executor.FolderJar;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Sends the driver's code to a cluster's executors: what the driver has on its class path and they
 * have not. What is sent is a copy, named by its content, so that an edited jar is another one.
 *
 * @see <a href="../../../../../../../docs/adr/0003-the-drivers-code.md">ADR-0003, the driver's
 *     code</a>
 */
public final class Shipping {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);

  /** Where log lines go is the executor's business, and the index the driver's. */
  private static final Set<String> STAY =
      Set.of("slf4j-simple", "slf4j-nop", "logback-classic", "log4j-slf4j2-impl", "rocksdbjni");

  /** Variables that name folders of configuration. */
  private static final List<String> CONFIGURATION =
      List.of("SPARK_CONF_DIR", "HADOOP_CONF_DIR", "YARN_CONF_DIR");

  private static final int NAMED_DIGITS = 16;

  private final SparkContext context;
  private final ClassPath classPath;
  private final Path folder;
  private final Map<Path, Copy> copies = new HashMap<>();

  /** Names of what the application was sent before, and keeps elsewhere. */
  private final Set<String> sentBefore = new HashSet<>();

  private final Set<String> shipped = new HashSet<>();

  private Shipping(SparkContext context, ClassPath classPath, Path folder) {
    this.context = context;
    this.classPath = classPath;
    this.folder = folder;
  }

  /** An entry of the class path as it was when it was looked at. */
  private record Copy(Path file, Fingerprint digest) {
    String name() {
      return String.valueOf(file.getFileName());
    }
  }

  /**
   * Prepares to send; sends nothing yet.
   *
   * @throws IOException if there is no place for copies
   */
  public static Shipping of(SparkContext context, ClassPath classPath) throws IOException {
    Shipping shipping =
        new Shipping(context, classPath, Files.createTempDirectory("reprise-jars-"));
    CollectionConverters.asJava(context.listJars())
        .forEach(jar -> shipping.sentBefore.add(jar.substring(jar.lastIndexOf('/') + 1)));
    return shipping;
  }

  /**
   * Sends what these classes are from.
   *
   * @throws IOException if it cannot be read
   */
  public void ship(List<Class<?>> classes) throws IOException {
    for (Class<?> each : classes) {
      URI place;
      try {
        place = each.getProtectionDomain().getCodeSource().getLocation().toURI();
      } catch (URISyntaxException e) {
        throw new IOException("no path of " + each, e);
      }
      ship(Path.of(place).toAbsolutePath().normalize());
    }
  }

  /**
   * Sends everything on the class path that executors lack.
   *
   * @param theirs what they have
   * @throws IOException if it cannot be read
   */
  public void shipAllBut(Inventory theirs) throws IOException {
    for (Path entry : classPath.entries()) {
      boolean jar = Files.isRegularFile(entry);
      boolean stays = jar && (STAY.contains(Inventory.artifact(entry)) || theirs.sparks(entry));
      boolean folder = Files.isDirectory(entry) && !isConfiguration(entry);
      if ((jar || folder) && !stays) {
        if (theirs.others(copy(entry).digest())) {
          drop(copy(entry));
        } else {
          ship(entry);
        }
      }
    }
  }

  /**
   * Scripts of engines put theirs on the class path; it says how to get in, and executors have
   * their own.
   */
  private static boolean isConfiguration(Path folder) {
    return CONFIGURATION.stream()
            .map(System::getenv)
            .anyMatch(
                place ->
                    place != null && Path.of(place).toAbsolutePath().normalize().equals(folder))
        || Files.exists(folder.resolve("spark-defaults.conf"))
        || Files.exists(folder.resolve("spark-env.sh"));
  }

  private void ship(Path entry) throws IOException {
    Copy copy = copy(entry);
    if (sentBefore.contains(copy.name())) {
      drop(copy);
    } else if (shipped.add(copy.name())) {
      context.addJar(copy.file().toString());
    }
  }

  /** Executors have it already; an application that lives long is prepared for again and again. */
  private void drop(Copy copy) throws IOException {
    if (!shipped.contains(copy.name())) {
      Files.deleteIfExists(copy.file());
    }
  }

  /** SHA-256 of an entry of the class path; of a folder, that of the jar which is made of it. */
  Fingerprint digest(Path entry) throws IOException {
    Copy known = copies.get(entry);
    return known != null
        ? known.digest()
        : Files.isRegularFile(entry) ? Digests.of(entry) : copy(entry).digest();
  }

  /**
   * Copied once, so that the name is that of the bytes which are sent, whoever edits it meanwhile.
   */
  private Copy copy(Path entry) throws IOException {
    Copy known = copies.get(entry);
    if (known == null) {
      MessageDigest sha = Hasher.sha256();
      Path unnamed = Files.createTempFile(folder, "new-", null);
      try (OutputStream to = new DigestOutputStream(Files.newOutputStream(unnamed), sha)) {
        if (Files.isDirectory(entry)) {
          FolderJar.write(entry, to);
        } else {
          Files.copy(entry, to);
        }
      }
      Fingerprint digest = Fingerprint.of(sha.digest());
      String name = String.valueOf(entry.getFileName()).replaceFirst("\\.jar$", "");
      Path named =
          folder.resolve(digest.toString().substring(0, NAMED_DIGITS) + "-" + name + ".jar");
      Files.move(unnamed, named, StandardCopyOption.REPLACE_EXISTING);
      known = new Copy(named, digest);
      copies.put(entry, known);
    }
    return known;
  }

  /**
   * Removes the copies.
   *
   * @param now false if executors of the application may still come to fetch them
   */
  public void close(boolean now) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted().toList()) {
        each.toFile().deleteOnExit(); // in reverse order, so the folder goes last
      }
      if (now) {
        try (Stream<Path> again = Files.walk(folder)) {
          for (Path each : again.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(each);
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot remove {}", folder, e);
    }
  }
}
