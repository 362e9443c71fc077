package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.worker.Worker;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Brings the driver's code to a cluster's executors: what the driver has on its class path and they
 * have not.
 *
 * @see <a href="../../../../../../docs/adr/0001-units-on-spark.md">ADR-0001, units on Spark</a>
 */
final class Shipping {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);

  /** Where log lines go is the executor's business. */
  private static final Set<String> STAY =
      Set.of("slf4j-simple", "slf4j-nop", "logback-classic", "log4j-slf4j2-impl");

  private final SparkLink link;
  private final ClassLoader userCode;
  private final Set<String> shipped = new HashSet<>();
  private @Nullable Path made;

  Shipping(SparkLink link, ClassLoader userCode) {
    this.link = link;
    this.userCode = userCode;
  }

  /**
   * Ships what is missing.
   *
   * @param store must be reached by the executors, too
   * @throws ExecutorUnavailableException if there is no executor in time, or it cannot be used
   */
  void prepare(Path store, Duration timeout) throws ExecutorUnavailableException {
    CollectionConverters.asJava(link.context().listJars())
        .forEach(jar -> shipped.add(jar.substring(jar.lastIndexOf('/') + 1)));
    try {
      // What it takes to ask.
      for (Class<?> each : List.of(Prelude.class, Worker.class, Bytes.class)) {
        ship(place(each.getProtectionDomain().getCodeSource().getLocation()));
      }
      Prelude.Found found = ask(store, timeout);
      for (Path entry : classPath()) {
        String name = artifact(entry);
        if (!found.artifacts().contains(name) && !STAY.contains(name)) {
          ship(entry);
        }
      }
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "the driver's code cannot be sent to Spark's executors: " + e.getMessage(), e);
    }
  }

  private Prelude.Found ask(Path store, Duration timeout) throws ExecutorUnavailableException {
    String master = link.context().master();
    Prelude.Found found;
    try {
      byte[] answer =
          link.ask(
              new Prelude(),
              "reprise: look at an executor",
              Prelude.question(store),
              timeout.toNanos());
      found = Prelude.Found.of(new ByteReader(answer));
    } catch (TimeoutException e) {
      throw new ExecutorUnavailableException(
          "no executor of Spark on %s took a task within %s s; look at its page whether it has free workers, or give it longer with spark.start-timeout"
              .formatted(master, timeout.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutorUnavailableException("interrupted while Spark was started", e);
    } catch (BadRecordException e) {
      throw new ExecutorUnavailableException(
          "the executors of Spark on %s run another release of Reprise".formatted(master), e);
    } catch (Exception e) {
      throw new ExecutorUnavailableException(
          "the executors of Spark on %s cannot be used: %s".formatted(master, e.getMessage()), e);
    }
    if (!found.trouble().isEmpty()) {
      throw new ExecutorUnavailableException(
          "the store %s cannot be used on %s: %s; name a folder that driver and executors share with --store"
              .formatted(store, found.host(), found.trouble()),
          null);
    }
    if (found.java() < Runtime.version().feature()) {
      LOG.warn(
          "the executor on {} runs Java {}, this driver {}; classes compiled for the latter may not load there",
          found.host(),
          found.java(),
          Runtime.version().feature());
    }
    return found;
  }

  /** Everything that the driver's classes come from, in order. */
  private List<Path> classPath() throws IOException {
    Set<Path> entries = new LinkedHashSet<>();
    for (ClassLoader loader = userCode; loader != null; loader = loader.getParent()) {
      if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          if (url.getProtocol().equals("file")) {
            entries.add(place(url));
          }
        }
      }
    }
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath());
      }
    }
    return List.copyOf(entries);
  }

  private static Path place(URL url) throws IOException {
    try {
      return Path.of(url.toURI()).toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IOException("no path: " + url, e);
    }
  }

  /** The name of a jar without its version. */
  static String artifact(Path jar) {
    String name = String.valueOf(jar.getFileName());
    return name.replaceFirst("(-\\d[^/]*)?\\.jar$", "");
  }

  private void ship(Path entry) throws IOException {
    Path jar = Files.isDirectory(entry) ? jarOf(entry) : entry;
    // A file that is not there is no error in a class path.
    if (Files.isRegularFile(jar) && shipped.add(String.valueOf(jar.getFileName()))) {
      link.context().addJar(jar.toString());
    }
  }

  /** A jar of the classes in a folder, named for its content so that it is shipped once. */
  private Path jarOf(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream entries = new JarOutputStream(bytes)) {
      for (Path file : files) {
        JarEntry entry =
            new JarEntry(folder.relativize(file).toString().replace(File.separatorChar, '/'));
        entry.setTime(0);
        entries.putNextEntry(entry);
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
    byte[] content = bytes.toByteArray();
    String name = "classes-" + Hasher.of("reprise.spark.jar").putBytes(content).finish() + ".jar";
    return Files.write(made().resolve(name), content);
  }

  private Path made() throws IOException {
    Path folder = made;
    if (folder == null) {
      folder = Files.createTempDirectory("reprise-jars-");
      made = folder;
    }
    return folder;
  }

  /**
   * Removes what was made to be sent.
   *
   * @param now false if executors of the application may still come to fetch it
   */
  void close(boolean now) {
    if (made == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(made)) {
      for (Path each : all.toList()) {
        each.toFile().deleteOnExit(); // in reverse order, so the folder goes last
      }
      if (now) {
        try (Stream<Path> again = Files.walk(made)) {
          for (Path each : again.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(each);
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot remove {}", made, e);
    }
  }
}
