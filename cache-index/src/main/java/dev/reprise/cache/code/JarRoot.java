package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileStamp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A jar, opened when it is first needed and listed once. Of a multi-release jar it shows what the
 * running Java would load.
 */
final class JarRoot implements CodeRoot {
  private final Path file;
  private final FileStamps stamps;
  private final LoadTime loaded;
  private @Nullable JarFile jar;
  private @Nullable Map<String, List<String>> packages;

  JarRoot(Path file, FileStamps stamps, LoadTime loaded) {
    this.file = file;
    this.stamps = stamps;
    this.loaded = loaded;
  }

  @Override
  public byte @Nullable [] read(String path) throws IOException {
    JarFile open = open();
    JarEntry entry = open.getJarEntry(path);
    if (entry == null || entry.isDirectory()) {
      return null;
    }
    try (InputStream in = open.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  @Override
  public List<String> classesIn(String packageFolder) throws IOException {
    if (packages == null) {
      packages = list(open());
    }
    return packages.getOrDefault(packageFolder, List.of());
  }

  private static Map<String, List<String>> list(JarFile jar) {
    Map<String, List<String>> packages = new HashMap<>();
    jar.versionedStream()
        .map(JarEntry::getName)
        .filter(ClassFile::holdsClass)
        .sorted()
        .forEach(
            name ->
                packages
                    .computeIfAbsent(Names.folder(name), folder -> new ArrayList<>())
                    .add(ClassFile.withoutSuffix(name)));
    return packages;
  }

  private JarFile open() throws IOException {
    if (jar == null) {
      // Look first, then read: a write in between then shows as a difference, never as none.
      FileStamp stamp = stamps.of(file);
      if (stamp != null && loaded.mayBeBefore(stamp)) {
        throw new ChangedCodeException(file);
      }
      jar = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
    }
    return jar;
  }

  @Override
  public void close() throws IOException {
    if (jar != null) {
      jar.close();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
