package dev.reprise.cache.store;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Folders;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.TemporaryFiles.TemporaryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The manifests of a store: one small file each, never changed once it has its name. */
final class ManifestFiles {
  private final StoreFolder store;
  private final UnsyncedFolders unsynced;
  private final TemporaryFiles temporaries;
  private final String home;

  /**
   * @param home whose manifests are written and removed; empty for those that are everybody's
   */
  ManifestFiles(
      StoreFolder store, UnsyncedFolders unsynced, TemporaryFiles temporaries, String home) {
    this.store = store;
    this.unsynced = unsynced;
    this.temporaries = temporaries;
    this.home = home;
  }

  void write(String run, StoredManifest manifest) throws IOException {
    String name = ManifestForm.name(manifest, home);
    Path folder = folder(name);
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
    String kept = keep == null ? "" : ManifestForm.name(new StoredManifest(scope, key, keep), home);
    if (!store.has(folder(row))) {
      return;
    }
    for (Path file : Folders.listIfThere(folder(row))) {
      String name = String.valueOf(file.getFileName());
      if (name.startsWith(row) && ManifestForm.isOf(name, home) && !name.equals(kept)) {
        Files.deleteIfExists(file);
        unsynced.add(Objects.requireNonNull(file.getParent()));
      }
    }
  }

  /** Those of many keys: each folder is listed once. */
  void removeAll(String scope, Collection<Fingerprint> keys) throws IOException {
    Set<String> rows = new HashSet<>();
    Set<Path> folders = new HashSet<>();
    for (Fingerprint key : keys) {
      String row = ManifestForm.row(scope, key);
      rows.add(row);
      folders.add(folder(row));
    }
    for (Path folder : folders) {
      if (!store.has(folder)) {
        continue;
      }
      for (Path file : Folders.listIfThere(folder)) {
        String name = String.valueOf(file.getFileName());
        if (ManifestForm.isOf(name, home) && rows.contains(ManifestForm.rowOf(name))) {
          Files.deleteIfExists(file);
          unsynced.add(folder);
        }
      }
    }
  }

  void forEach(Consumer<StoredManifest> each, Consumer<String> unreadable) throws IOException {
    forEach(name -> true, each, unreadable);
  }

  /** Those that this home does not keep, and those that are everybody's; a name tells. */
  void forEachOfOthers(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    forEach(name -> !ManifestForm.isOwn(name, home), each, unreadable);
  }

  private void forEach(
      Predicate<String> names, Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    for (Path folder : store.foldersIn(StoreFolder.MANIFESTS)) {
      for (Path file : Folders.listIfThere(folder)) {
        if (names.test(String.valueOf(file.getFileName()))) {
          read(file, each, unreadable);
        }
      }
    }
  }

  private static void read(Path file, Consumer<StoredManifest> each, Consumer<String> unreadable) {
    if (String.valueOf(file.getFileName()).startsWith(".")) {
      return; // .DS_Store, .nfs0001 and the like: no manifest was ever called so
    }
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
    if (!ManifestForm.isName(name)) {
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
    if (!name.startsWith(ManifestForm.name(manifest, ""))) {
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
