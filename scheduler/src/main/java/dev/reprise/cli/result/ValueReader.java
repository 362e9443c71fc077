package dev.reprise.cli.result;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.UndecodableException;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.config.UsageException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads values back without the pipeline that made them. The classes that objects may be made of
 * are those that the task's signature names, as the journal tells it, and those that the user
 * names.
 */
final class ValueReader implements AutoCloseable {
  private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L([^;]+);");

  private final ResultStore store;
  private final Codecs codecs;
  private @Nullable Path scratch;

  /**
   * @param signature of the task, as a method descriptor; may be empty
   * @param named classes that the user named
   * @throws UsageException if one of these is not there
   */
  ValueReader(ResultStore store, String signature, Collection<String> named) {
    this.store = store;
    this.codecs =
        Codecs.of(RegisteredTypes.of(types(signature, named))).withFilePlaces(this::newFolder);
  }

  private static List<Type> types(String signature, Collection<String> named) {
    List<Type> types = new ArrayList<>();
    for (Matcher name = CLASS_IN_DESCRIPTOR.matcher(signature); name.find(); ) {
      // One that is not there is missed only if the value holds such an object, and reading says
      // so.
      find(name.group(1).replace('/', '.')).ifPresent(types::add);
    }
    for (String name : named) {
      types.add(
          find(name)
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--type: there is no class %s on the class path"
                              .formatted(Text.quote(name)))));
    }
    return types;
  }

  private static Optional<Class<?>> find(String name) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return Optional.of(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a value; the caller closes it if it is closeable.
   *
   * @throws dev.reprise.cache.store.DamagedBlobException if its bytes are missing or damaged
   * @throws UndecodableException if they are whole and cannot be read here
   */
  @Nullable Object read(PartitionRef partition) throws IOException {
    return codecs.decode(partition.codec(), store.read(partition.location()));
  }

  private Path newFolder() throws IOException {
    close();
    scratch = Files.createTempDirectory("reprise-result");
    return scratch;
  }

  /** Removes the file that was read last. */
  @Override
  public void close() throws IOException {
    if (scratch == null) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(scratch)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(scratch);
    scratch = null;
  }
}
