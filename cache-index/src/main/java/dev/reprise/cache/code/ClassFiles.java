package dev.reprise.cache.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** Parses class files, each once and not before it is needed. */
final class ClassFiles {
  private static final int WITHOUT_DEBUG = ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;

  private final ClassSource source;
  private final Map<String, Optional<ClassFile>> parsed = new HashMap<>();

  ClassFiles(ClassSource source) {
    this.source = source;
  }

  /**
   * The class of this internal name; null if there is none.
   *
   * @throws UncheckedIOException if it is there and cannot be read
   */
  @Nullable ClassFile find(String name) {
    Optional<ClassFile> known = parsed.get(name);
    if (known == null) {
      known = Optional.ofNullable(parse(name));
      parsed.put(name, known);
    }
    return known.orElse(null);
  }

  private @Nullable ClassFile parse(String name) {
    try {
      byte[] bytes = source.read(Names.classFile(name));
      if (bytes == null) {
        return null;
      }
      ClassNode node = new ClassNode();
      read(bytes, name, reader -> reader.accept(node, WITHOUT_DEBUG));
      // A file system that ignores case finds Foo.class for foo; the class loader then refuses it.
      return node.name.equals(name) ? new ClassFile(node) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Hands a class file on.
   *
   * @throws IOException if it is damaged or newer than this program knows
   */
  static void read(byte[] bytes, String name, Consumer<ClassReader> to) throws IOException {
    try {
      to.accept(new ClassReader(bytes));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(
          "the class file of " + Names.binary(name) + " cannot be read: " + e.getMessage(), e);
    }
  }
}
