package dev.reprise.docs;

import dev.reprise.Reprise;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.task.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A local repository of Maven that holds what {@code mvn install} would put there, made of what is
 * compiled, and links to all that the real one has. Nothing is built again and the real one is left
 * as it is.
 */
final class LocalRepository implements AutoCloseable {
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>reprise-parent</artifactId>\\s*<version>([^<]+)</version>");

  private final Path folder;
  private final String version;
  private final List<Path> links = new ArrayList<>();

  private LocalRepository(Path folder, String version) {
    this.folder = folder;
    this.version = version;
  }

  /** Makes one in {@code folder}, which is made too. */
  static LocalRepository in(Path folder) throws IOException, URISyntaxException {
    Path real =
        Path.of(
            System.getProperty(
                "localRepository", System.getProperty("user.home") + "/.m2/repository"));
    Path top = Path.of("..");
    Matcher version = VERSION.matcher(Files.readString(top.resolve("pom.xml")));
    if (!version.find()) {
      throw new IOException("the parent's pom.xml tells no version");
    }
    Files.createDirectories(folder.resolve("dev/reprise"));
    LocalRepository repository = new LocalRepository(folder, version.group(1));
    repository.link(real, folder, "dev");
    repository.link(real.resolve("dev"), folder.resolve("dev"), "reprise");
    Files.copy(top.resolve("pom.xml"), repository.place("reprise-parent", "pom"));
    repository.install("cache-index", ResultStore.class);
    repository.install("executors", Tasks.class);
    repository.install("scheduler", Reprise.class);
    return repository;
  }

  Path folder() {
    return folder;
  }

  /** Takes the links away; JUnit warns of each that it finds in a folder that it deletes. */
  @Override
  public void close() throws IOException {
    for (Path link : links) {
      Files.delete(link);
    }
  }

  private void link(Path from, Path to, String butNot) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from, Files::isDirectory)) {
      for (Path entry : entries) {
        if (!entry.endsWith(butNot)) {
          links.add(
              Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath()));
        }
      }
    }
  }

  private Path place(String artifact, String type) throws IOException {
    Path place = folder.resolve("dev/reprise").resolve(artifact).resolve(version);
    Files.createDirectories(place);
    return place.resolve(artifact + "-" + version + "." + type);
  }

  private void install(String module, Class<?> ofIt) throws IOException, URISyntaxException {
    String artifact = "reprise-" + module;
    Files.copy(Path.of("..", module, "pom.xml"), place(artifact, "pom"));
    Path compiled = Path.of(ofIt.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(compiled)) {
      Files.copy(compiled, place(artifact, "jar"));
    } else {
      pack(compiled, place(artifact, "jar"));
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Path file : files) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }
}
