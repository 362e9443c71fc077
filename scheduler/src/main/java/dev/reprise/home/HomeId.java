package dev.reprise.home;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Tells a home apart from others that share its store, so that each removes its own manifests
 * alone: a random name in a file of the home, made at first need, which moves with the home.
 */
public final class HomeId {
  private static final String FILE = "home.id";

  private HomeId() {}

  /** The name of {@code home}; its path if a name can be neither read nor kept. */
  public static String of(Path home) {
    Path file = home.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        make(home, file);
      }
      return Files.readString(file, US_ASCII).strip();
    } catch (IOException e) {
      return home.toAbsolutePath().toString();
    }
  }

  /** Whole or not at all, and once: of several processes that come here, the first one's counts. */
  private static void make(Path home, Path file) throws IOException {
    Path whole = Files.createTempFile(home, FILE, null);
    try {
      Files.writeString(whole, UUID.randomUUID() + "\n", US_ASCII);
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE); // a file system without links
    } finally {
      Files.deleteIfExists(whole);
    }
  }
}
