package dev.reprise.cache.store;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.TemporaryFiles.TemporaryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The manifests of a store: one small file each, never changed once it has its name. */
final class ManifestFiles {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}-[0-9a-f]{64}");

  private final StoreFolder store;
  private final UnsyncedFolders unsynced;
  private final TemporaryFiles temporaries;

  ManifestFiles(StoreFolder store, UnsyncedFolders unsynced, TemporaryFiles temporaries) {
    this.store = store;
    this.unsynced = unsynced;
    this.temporaries = temporaries;
  }

  void write(String run, StoredManifest manifest) throws IOException {
    String name = ManifestForm.name(manifest);
    Path folder = folder(name);
    store.make(folder);
    TemporaryFile temporary = temporaries.of(run, "manifest");
    try (FileChannel file = temporary.create()) {
      ByteBuffer rest = ByteBuffer.wrap(ManifestForm.encode(manifest));
      while (rest.hasRemaining()) {
        file.write(rest);
      }
      file.force(false);
      Path place = folder.resolve(name);
      if (!store.publish(temporary.path(), place) && isBroken(place)) {
        Files.delete(place);
        store.publish(temporary.path(), place);
      }
    } catch (IOException e) {
      throw temporary.explain(e);
    } finally {
      temporary.remove();
    }
    unsynced.add(folder);
  }

  void remove(String scope, Fingerprint key, @Nullable Bytes keep) throws IOException {
    String row = ManifestForm.row(scope, key);
    if (!store.has(folder(row))) {
      return;
    }
    String kept = keep == null ? "" : ManifestForm.recordName(keep);
    try (DirectoryStream<Path> ofKey = Files.newDirectoryStream(folder(row), row + "-*")) {
      for (Path file : ofKey) {
        if (kept.isEmpty() || !file.endsWith(row + "-" + kept)) {
          Files.deleteIfExists(file);
          unsynced.add(Objects.requireNonNull(file.getParent()));
        }
      }
    }
  }

  void forEach(Consumer<StoredManifest> each, Consumer<String> unreadable) throws IOException {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(store.folder(StoreFolder.MANIFESTS))) {
      for (Path folder : folders) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
          for (Path file : files) {
            read(file, each, unreadable);
          }
        }
      }
    } catch (NoSuchFileException e) {
      // nothing was ever kept
    }
  }

  private static void read(Path file, Consumer<StoredManifest> each, Consumer<String> unreadable) {
    StoredManifest manifest;
    try {
      manifest = read(file);
    } catch (NoSuchFileException e) {
      return; // removed meanwhile
    } catch (IOException | BadRecordException e) {
      unreadable.accept("manifest " + file + ": " + e.getMessage());
      return;
    }
    each.accept(manifest);
  }

  private static StoredManifest read(Path file) throws IOException, BadRecordException {
    String name = String.valueOf(file.getFileName());
    if (!NAME.matcher(name).matches()) {
      throw new BadRecordException("not the name of a manifest");
    }
    byte[] bytes;
    try (FileChannel channel = StoreFolder.open(file)) {
      if (channel.size() > Integer.MAX_VALUE - 8) {
        throw new BadRecordException("too large");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      bytes = buffer.array();
    }
    StoredManifest manifest = ManifestForm.decode(bytes);
    if (!ManifestForm.name(manifest).equals(name)) {
      throw new BadRecordException("holds the manifest of another key than its name says");
    }
    return manifest;
  }

  private static boolean isBroken(Path file) {
    try {
      read(file);
      return false;
    } catch (IOException | BadRecordException e) {
      return true;
    }
  }

  private Path folder(String name) {
    return store.folder(StoreFolder.MANIFESTS).resolve(name.substring(0, 2));
  }
}
