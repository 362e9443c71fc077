package dev.reprise.home;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Tells a home apart from others that share its store, so that each removes its own manifests
 * alone: a random name in a file of the home, made at first need, which moves with the home. If the
 * file is damaged the home gets another name: what it kept in the store by the first one is still
 * read, and no longer removed.
 */
public final class HomeId {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private HomeId() {}

  /** The name of {@code home}, never empty; its path if a name can be neither read nor kept. */
  public static String of(Path home) {
    OnceFile file =
        new OnceFile(
            home.resolve("home.id"),
            bytes -> NAME.matcher(name(bytes)).matches(),
            () -> (UUID.randomUUID() + "\n").getBytes(US_ASCII));
    try {
      return name(file.readOrMake(true));
    } catch (IOException e) {
      return home.toAbsolutePath().toString();
    }
  }

  private static String name(byte[] bytes) {
    return new String(bytes, US_ASCII).strip();
  }
}
