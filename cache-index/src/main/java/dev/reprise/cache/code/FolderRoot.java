package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.FileStamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder of class files. */
final class FolderRoot implements CodeRoot {
  private final Path folder;
  private final FileStamps stamps;
  private final LoadTime loaded;

  FolderRoot(Path folder, FileStamps stamps, LoadTime loaded) {
    this.folder = folder;
    this.stamps = stamps;
    this.loaded = loaded;
  }

  @Override
  public byte @Nullable [] read(String path) throws IOException {
    Path file = folder.resolve(path);
    FileStamp stamp = stamps.of(file);
    if (stamp == null || stamp.kind() != FileStamp.Kind.FILE) {
      return null;
    }
    if (loaded.mayBeBefore(stamp)) {
      throw new ChangedCodeException(file);
    }
    // Look first, then read: a write in between then shows as a difference, never as none.
    stamps.filesIn(folder.resolve(Names.folder(path)));
    return Files.readAllBytes(file);
  }

  @Override
  public List<String> classesIn(String packageFolder) throws IOException {
    return stamps.filesIn(folder.resolve(packageFolder)).stream()
        .map(file -> file.getFileName().toString())
        .filter(ClassFile::holdsClass)
        .map(name -> packageFolder + ClassFile.withoutSuffix(name))
        .toList();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return folder.toString();
  }
}
