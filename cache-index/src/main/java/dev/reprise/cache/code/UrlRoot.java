package dev.reprise.cache.code;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Anything else that a class loader reads from, such as a jar within a jar: readable, not listable.
 */
final class UrlRoot implements CodeRoot {
  /** A server that does not answer for so long fails the read: planning must not hang on it. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ClassLoader loader;
  private final int mostMillis;

  UrlRoot(ClassLoader loader, Duration patience) {
    this.loader = loader;
    this.mostMillis = (int) patience.toMillis();
  }

  @Override
  public byte @Nullable [] read(String path) throws IOException {
    URL url = loader.getResource(path);
    if (url == null) {
      return null;
    }
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    connection.setConnectTimeout(mostMillis);
    connection.setReadTimeout(mostMillis);
    try (InputStream in = connection.getInputStream()) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  @Override
  public @Nullable List<String> classesIn(String packageFolder) {
    return null;
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return loader.toString();
  }
}
