package dev.reprise.ray.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the classes of one code list, and nothing of Ray's: its parent is the JDK's platform
 * loader.
 *
 * <p>A code list is a text, a line per file in the order of the class path: {@code jar} or {@code
 * native}, the digest (SHA-256), the name it had. The files lie beside the list, named by their
 * digests.
 */
final class CodeLoader extends URLClassLoader {
  /** What frames are handed to: a function from bytes to bytes, made without arguments. */
  private static final String RUNNER = "dev.reprise.ray.worker.ChunkRunner";

  private static final Map<String, Function<byte[], byte[]>> RUNNERS = new HashMap<>();

  private final Map<String, Path> natives;

  static {
    registerAsParallelCapable();
  }

  /** Without a name: that of a loader gets into the text of every stack frame. */
  private CodeLoader(URL[] jars, Map<String, Path> natives) {
    super(jars, ClassLoader.getPlatformClassLoader());
    this.natives = natives;
  }

  /**
   * The runner of a code list; one per list and process.
   *
   * @throws IOException if the list or a file is missing or damaged; names it
   */
  @SuppressWarnings("unchecked") // it is made of our own class
  static synchronized Function<byte[], byte[]> runner(String folder, String code)
      throws IOException, ReflectiveOperationException {
    Function<byte[], byte[]> runner = RUNNERS.get(code);
    if (runner == null) {
      CodeLoader loader = open(Path.of(folder), code);
      try {
        Class<?> type = Class.forName(RUNNER, true, loader);
        runner = (Function<byte[], byte[]>) type.getConstructor().newInstance();
      } catch (InvocationTargetException e) {
        throw new IOException("code " + code + " does not start", e.getCause());
      }
      RUNNERS.put(code, runner);
    }
    return runner;
  }

  private static CodeLoader open(Path folder, String code) throws IOException {
    List<URL> jars = new ArrayList<>();
    Map<String, Path> natives = new HashMap<>();
    for (String line : Files.readAllLines(checked(folder, code, "the list of the code"))) {
      String[] words = line.split(" ", 3);
      Path file = checked(folder, words[1], words[2]);
      if (words[0].equals("native")) {
        natives.put(words[2], file);
      } else {
        jars.add(file.toUri().toURL());
      }
    }
    return new CodeLoader(jars.toArray(new URL[0]), natives);
  }

  /** A file whose bytes are what its name says. */
  private static Path checked(Path folder, String digest, String name) throws IOException {
    Path file = folder.resolve(digest);
    MessageDigest sha;
    try (InputStream in = Files.newInputStream(file)) {
      sha = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[1 << 16];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        sha.update(piece, 0, read);
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          name
              + " is not at "
              + file
              + "; the store's folder must be reachable from every node at the same path",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    String found = HexFormat.of().formatHex(sha.digest());
    if (!found.equals(digest)) {
      throw new IOException(
          name
              + " at "
              + file
              + " is damaged: its digest is "
              + found
              + "; remove it and run again");
    }
    return file;
  }

  @Override
  protected @Nullable String findLibrary(String name) {
    Path file = natives.get(System.mapLibraryName(name));
    return file == null ? null : file.toString();
  }
}
