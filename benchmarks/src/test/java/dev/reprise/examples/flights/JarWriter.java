package dev.reprise.examples.flights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * Packs class folders and jars into one jar, as Maven's plugins do: of files of one name the first
 * is taken, but lists of services are joined. Does not compress, for speed.
 */
final class JarWriter {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String SERVICES = "META-INF/services/";

  private final JarOutputStream out;
  private final Set<String> written = new HashSet<>(Set.of(MANIFEST));
  private final SortedMap<String, ByteArrayOutputStream> services = new TreeMap<>();

  private JarWriter(JarOutputStream out) {
    this.out = out;
  }

  /**
   * Writes a jar.
   *
   * @param main the class that {@code java -jar} starts
   * @param places folders and jars, in the order of a class path
   */
  static Path write(Path jar, String main, List<Path> places) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, main);
    attributes.put(Attributes.Name.MULTI_RELEASE, "true");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      JarWriter writer = new JarWriter(out);
      for (Path place : places) {
        writer.addPlace(place);
      }
      for (var each : writer.services.entrySet()) {
        out.putNextEntry(new JarEntry(each.getKey()));
        each.getValue().writeTo(out);
      }
    }
    return jar;
  }

  private void addPlace(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      addAll(place);
    } else if (Files.exists(place)) {
      try (FileSystem inside = FileSystems.newFileSystem(place)) {
        addAll(inside.getPath("/"));
      }
    }
  }

  private void addAll(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        add(root.relativize(file).toString().replace('\\', '/'), file);
      }
    }
  }

  private void add(String name, Path file) throws IOException {
    if (name.startsWith(SERVICES)) {
      ByteArrayOutputStream all =
          services.computeIfAbsent(name, any -> new ByteArrayOutputStream());
      Files.copy(file, all);
      all.write('\n');
    } else if (written.add(name)) {
      out.putNextEntry(new JarEntry(name));
      Files.copy(file, out);
    }
  }
}
