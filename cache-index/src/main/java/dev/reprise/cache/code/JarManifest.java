package dev.reprise.cache.code;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/** What the manifest of a jar says about the class path. */
final class JarManifest {
  private JarManifest() {}

  /** The folders and jars of the {@code Class-Path} attribute, absolute; not all need exist. */
  static List<Path> classPath(Path jar) throws IOException {
    List<Path> added = new ArrayList<>();
    for (String entry : attribute(jar).trim().split("\\s+", -1)) {
      if (!entry.isEmpty()) {
        try {
          URI place = jar.toUri().resolve(entry);
          if ("file".equals(place.getScheme())) {
            added.add(Path.of(place).normalize());
          }
        } catch (IllegalArgumentException e) {
          throw new IOException("cannot read the Class-Path of " + jar + ": " + entry, e);
        }
      }
    }
    return added;
  }

  private static String attribute(Path jar) throws IOException {
    try (JarFile open = new JarFile(jar.toFile(), false)) {
      Manifest manifest = open.getManifest();
      String value =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return value == null ? "" : value;
    } catch (ZipException e) {
      return ""; // a class loader skips what is no jar
    }
  }
}
