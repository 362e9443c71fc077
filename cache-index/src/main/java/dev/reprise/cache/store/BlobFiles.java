package dev.reprise.cache.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.BlobVisitor;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The published blobs of a store: one file each, under its address. */
final class BlobFiles {
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST_TRIES = 5;

  /** In place of a run, in names of temporary files: blobs that are being deleted. */
  private static final String GOING = "gc";

  private final StoreFolder store;
  private final UnsyncedFolders unsynced;
  private final TemporaryFiles temporaries;
  private final InstantSource clock;
  private final VerifiedChunks verified;

  BlobFiles(
      StoreFolder store,
      UnsyncedFolders unsynced,
      TemporaryFiles temporaries,
      InstantSource clock) {
    this.store = store;
    this.unsynced = unsynced;
    this.temporaries = temporaries;
    this.clock = clock;
    this.verified = new VerifiedChunks(clock);
  }

  void publish(Path temporary, BlobRef blob) throws IOException {
    Path place = store.blob(blob.address());
    long size = StoreFolder.size(temporary);
    if (size == blob.size()) {
      link(temporary, place, blob);
    } else if (StoreFolder.size(place) != blob.size()) {
      throw new DamagedBlobException(
          blob,
          size == StoreFolder.ABSENT,
          "what was written to "
              + temporary
              + (size == StoreFolder.ABSENT ? " is gone" : " has " + size + " bytes")
              + ", wanted "
              + blob.size()
              + " bytes: what made it runs again");
    }
    // Also if it was there before: who published it may not have made the name durable yet.
    unsynced.add(folderOf(place));
    temporaries.remove(temporary);
  }

  private void link(Path temporary, Path place, BlobRef blob) throws IOException {
    for (int i = 0; i < MOST_TRIES; i++) {
      if (store.publish(temporary, place)) {
        return;
      }
      long found = StoreFolder.size(place);
      // Looked at again, since what was touched may have lost its name meanwhile. One that has it
      // still is seen as touched by whoever deletes it.
      if (found == blob.size() && touch(place) && StoreFolder.size(place) == found) {
        return;
      }
      if (found != blob.size() && found != StoreFolder.ABSENT) {
        setAside(place, blob.address());
      }
    }
    throw new IOException(
        "cannot publish blob " + blob.address() + ": something else keeps appearing at " + place);
  }

  /**
   * Lest it be swept as an old one: a blob that comes back counts as published now. False if it is
   * gone: somebody swept it just before.
   */
  private boolean touch(Path place) {
    try {
      Files.setLastModifiedTime(place, FileTime.from(clock.instant()));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true; // another user's, on a shared disk: theirs to touch
    }
  }

  Presence presence(BlobRef blob) {
    return presence(blob.address(), blob.size());
  }

  Presence presence(Fingerprint address, long size) {
    return presence(store.blob(address), size);
  }

  static Presence presence(Path file, long size) {
    long found;
    try {
      found = StoreFolder.size(file);
    } catch (IOException e) {
      return Presence.UNKNOWN;
    }
    if (found == size) {
      return Presence.PRESENT;
    }
    return found == StoreFolder.ABSENT ? Presence.MISSING : Presence.DAMAGED;
  }

  Payload read(BlobRef blob) {
    return new FilePayload(blob, List.of(store.blob(blob.address())), verified);
  }

  /** A blob that is or was under a temporary name. */
  Payload read(Location.Pending pending) {
    return new FilePayload(
        pending.blob(),
        List.of(store.temporary(pending.temporary()), store.blob(pending.blob().address())),
        verified);
  }

  boolean quarantine(BlobRef blob) throws IOException {
    Path place = store.blob(blob.address());
    // Past the marks of what was checked before: it was fine then and is suspect now.
    Payload anew = new FilePayload(blob, List.of(place), new VerifiedChunks(clock));
    try (InputStream bytes = anew.open()) {
      bytes.transferTo(OutputStream.nullOutputStream());
      return false;
    } catch (DamagedBlobException e) {
      return !e.missing() && store.has(folderOf(place)) && setAside(place, blob.address());
    }
  }

  /** Overwrites what was quarantined under the same address before. */
  private boolean setAside(Path place, Fingerprint address) throws IOException {
    touch(place); // it is kept for so long from now on
    try {
      store.in(
          store.folder(StoreFolder.QUARANTINE),
          () ->
              Files.move(
                  place,
                  store.quarantined(address),
                  StandardCopyOption.ATOMIC_MOVE,
                  StandardCopyOption.REPLACE_EXISTING));
      return true;
    } catch (NoSuchFileException e) {
      return false; // somebody else did it
    }
  }

  void forEachQuarantined(BlobVisitor each) throws IOException {
    forEachIn(store.folder(StoreFolder.QUARANTINE), each);
  }

  void removeQuarantined(Instant moment) throws IOException {
    List<Fingerprint> old = new ArrayList<>();
    forEachQuarantined(
        (address, size, since) -> {
          if (since.isBefore(moment)) {
            old.add(address);
          }
        });
    for (Fingerprint address : old) {
      Files.deleteIfExists(store.quarantined(address));
    }
  }

  /**
   * Deletes a blob that was published last before {@code moment}. It loses its name first and its
   * time is looked at then: whoever publishes it meanwhile finds it gone and links it anew, or has
   * touched it, and then it gets its name back. A kill between the two is a miss for them.
   */
  boolean delete(Fingerprint address, Instant moment) throws IOException {
    Path place = store.blob(address);
    if (!store.has(folderOf(place)) || !writtenBefore(place, moment)) {
      return false;
    }
    Path aside = temporaries.of(GOING, address.toString()).path();
    try {
      store.in(folderOf(aside), () -> Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE));
    } catch (NoSuchFileException e) {
      return false; // somebody else did it
    }
    boolean old = writtenBefore(aside, moment);
    if (!old) {
      store.publish(aside, place);
      unsynced.add(folderOf(place));
    }
    Files.deleteIfExists(aside);
    return old;
  }

  private static boolean writtenBefore(Path file, Instant moment) throws IOException {
    try {
      return Files.getLastModifiedTime(file, NOFOLLOW_LINKS).toInstant().isBefore(moment);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  boolean delete(Fingerprint address) throws IOException {
    Path place = store.blob(address);
    return store.has(folderOf(place)) && Files.deleteIfExists(place);
  }

  private static Path folderOf(Path place) {
    return Objects.requireNonNull(place.getParent());
  }

  void forEach(BlobVisitor each) throws IOException {
    for (Path folder : store.foldersIn(StoreFolder.BLOBS)) {
      forEachIn(folder, each);
    }
  }

  private void forEachIn(Path folder, BlobVisitor each) throws IOException {
    if (!store.has(folder)) {
      return;
    }
    for (Path file : Folders.listIfThere(folder)) {
      String name = String.valueOf(file.getFileName());
      if (ADDRESS.matcher(name).matches()) {
        visit(Fingerprint.parse(name), file, each);
      }
    }
  }

  private static void visit(Fingerprint address, Path file, BlobVisitor each) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return; // removed meanwhile
    }
    if (found.isRegularFile()) {
      each.blob(address, found.size(), found.lastModifiedTime().toInstant());
    }
  }
}
