package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The folder of a {@link FileResultStore}: which file lies where, and how files come to be there.
 *
 * <pre>
 * reprise-store                    marks the folder as a store, tells the version of this layout
 * blobs/ab/&lt;address&gt;               a published blob, in hexadecimal
 * manifests/ab/&lt;row&gt;-&lt;record&gt;-&lt;home&gt;
 *                                  a manifest record: digest of scope and key, digest of the record,
 *                                  and of the home that keeps it; no home if it is everybody's
 * quarantine/&lt;address&gt;             a blob that failed its check
 * tmp/&lt;run&gt;/&lt;attempt&gt;-&lt;random&gt;     what is being written
 * code/                            of the plugin for Ray: what its workers load
 * </pre>
 *
 * <p>Names are made of hexadecimal digits or checked against a pattern, never taken from users as
 * they are. Links inside the folder are not followed. Folders are for the owner alone (0700), and
 * so are files (0600), but for the mark, which tells nothing. Nothing in the folder names its
 * place, so it can be moved.
 */
final class StoreFolder {
  static final String BLOBS = "blobs";
  static final String MANIFESTS = "manifests";
  static final String QUARANTINE = "quarantine";
  static final String TEMPORARY = "tmp";

  /** Size of what is not there. */
  static final long ABSENT = -1;

  /** Size of what is there and is not a file. */
  static final long NOT_A_FILE = -2;

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
  private static final Pattern TEMPORARY_NAME =
      Pattern.compile(TEMPORARY + "/" + NAME + "/" + "[A-Za-z0-9][A-Za-z0-9._-]{0,139}");

  private final Path root;
  private final boolean posix;
  private final Set<Path> made = ConcurrentHashMap.newKeySet();

  StoreFolder(Path root) {
    this.root = root;
    this.posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  Path root() {
    return root;
  }

  Path blob(Fingerprint address) {
    String hex = address.toString();
    return root.resolve(BLOBS).resolve(hex.substring(0, 2)).resolve(hex);
  }

  Path quarantined(Fingerprint address) {
    return root.resolve(QUARANTINE).resolve(address.toString());
  }

  /** A folder directly under the root. */
  Path folder(String name) {
    return root.resolve(name);
  }

  /** The folders in a folder directly under the root; what else somebody put there is not ours. */
  List<Path> foldersIn(String name) throws IOException {
    return Folders.listIfThere(folder(name)).stream()
        .filter(found -> Files.isDirectory(found, NOFOLLOW_LINKS))
        .toList();
  }

  /** The folder for temporary files of a run. */
  Path temporaries(String run) {
    checkName("run", run);
    return root.resolve(TEMPORARY).resolve(run);
  }

  /** The file that a pending location names. */
  Path temporary(String relative) {
    checkArgument(
        TEMPORARY_NAME.matcher(relative).matches(),
        "%s does not name a temporary file of a result store",
        Text.quote(relative));
    return root.resolve(relative);
  }

  /** Refuses what cannot be part of a file name everywhere. */
  static void checkName(String what, String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "%s %s cannot name a file: wanted 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit"
              .formatted(what, Text.quote(name)));
    }
  }

  /** Whether {@link #NAME} matches; asked for every blob, most of which never have a file. */
  private static boolean isName(String name) {
    int length = name.length();
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean first = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!first && (i == 0 || (c != '.' && c != '_' && c != '-'))) {
        return false;
      }
    }
    return length > 0 && length <= 100;
  }

  /** Makes {@code folder} and those above it up to the root; refuses a link in their place. */
  void make(Path folder) throws IOException {
    if (folder.equals(root) || made.contains(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent == null || !folder.startsWith(root)) {
      throw new IllegalStateException(folder + " is not inside the store " + root);
    }
    make(parent);
    try {
      Files.createDirectory(folder, attributes("rwx------"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
        throw new IOException(
            folder + " is in the way: the store needs a folder there, and follows no links", e);
      }
    }
    sync(parent); // also if it was there: who made it may not have come that far
    made.add(folder);
  }

  /** Something that is done with files in a folder. */
  @FunctionalInterface
  interface Use<T> {
    /** Does it; may be called again if the folder was not there. */
    T run() throws IOException;
  }

  /**
   * Does something in {@code folder}, which is made if need be, and anew if somebody who cleaned up
   * has removed it since.
   */
  <T> T in(Path folder, Use<T> use) throws IOException {
    make(folder);
    try {
      return use.run();
    } catch (NoSuchFileException e) {
      made.removeIf(folder::startsWith);
      make(folder);
      return use.run();
    }
  }

  /**
   * Whether {@code folder} is there; links in its place or above it up to the root do not count.
   */
  boolean has(Path folder) {
    if (folder.equals(root) || made.contains(folder)) {
      return true;
    }
    Path parent = folder.getParent();
    return parent != null
        && folder.startsWith(root)
        && has(parent)
        && Files.isDirectory(folder, NOFOLLOW_LINKS);
  }

  /** Opens a new file in {@code folder}, which is made if need be. */
  FileChannel create(Path folder, String name) throws IOException {
    return in(folder, () -> create(folder.resolve(name)));
  }

  private FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), attributes("rw-------"));
  }

  /** Opens a file for reading; follows no link. */
  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, Set.of(READ, NOFOLLOW_LINKS));
  }

  /**
   * Size of {@code file}, {@link #ABSENT} or {@link #NOT_A_FILE}.
   *
   * @throws IOException if the file system does not say: it may be there and sound
   */
  static long size(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? attributes.size() : NOT_A_FILE;
    } catch (NoSuchFileException e) {
      return ABSENT;
    }
  }

  /**
   * Gives a complete file its final name, unless there is something of that name. The old name may
   * stay; the folder is made if need be.
   *
   * @return false if there is something
   */
  boolean publish(Path complete, Path as) throws IOException {
    return in(Objects.requireNonNull(as.getParent()), () -> link(complete, as));
  }

  private static boolean link(Path complete, Path as) throws IOException {
    try {
      Files.createLink(as, complete);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      return publishWithoutLinks(complete, as);
    }
  }

  /**
   * For file systems without hard links. Two publishers that come at the same time may both rename;
   * that is harmless, since equal names mean equal bytes.
   */
  private static boolean publishWithoutLinks(Path complete, Path as) throws IOException {
    if (Files.exists(as, NOFOLLOW_LINKS)) {
      return false;
    }
    Files.move(complete, as, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  /** Makes the names in {@code folder} durable. */
  void sync(Path folder) throws IOException {
    if (!posix) {
      return; // no such thing elsewhere
    }
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  private FileAttribute<?>[] attributes(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
