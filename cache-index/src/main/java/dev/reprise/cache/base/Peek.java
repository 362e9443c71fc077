package dev.reprise.cache.base;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the JDK's own collections keep to themselves: the collection inside {@code
 * Collections.unmodifiableMap}, the key type of an empty {@code EnumMap}.
 *
 * <p>Reflection may not look there, but Java serialisation tells: asked to write such an object, it
 * shows each part to the stream before it is written. This stream notes the part it came for, has
 * nothing written in its place, and throws all bytes away. Nothing is ever read by Java
 * serialisation.
 */
public final class Peek extends ObjectOutputStream {
  private int shown;
  private @Nullable Object inner;
  private @Nullable Class<?> enumType;

  private Peek() throws IOException {
    super(OutputStream.nullOutputStream());
    enableReplaceObject(true);
  }

  /**
   * The collection inside one of {@code java.util.Collections}' wrappers.
   *
   * @throws IllegalArgumentException if it cannot be told
   */
  public static Object inside(Object wrapper) {
    Object inner = at(wrapper).inner;
    if (inner == null) {
      throw new IllegalArgumentException(
          "what is inside a " + wrapper.getClass().getName() + " is not known");
    }
    return inner;
  }

  /**
   * The type of the constants of an {@code EnumSet} or of the keys of an {@code EnumMap}.
   *
   * @throws IllegalArgumentException if it cannot be told
   */
  public static Class<?> enumType(Object collection) {
    Class<?> type = at(collection).enumType;
    if (type == null) {
      throw new IllegalArgumentException(
          "the enum of a " + collection.getClass().getSimpleName() + " is not known");
    }
    return type;
  }

  private static Peek at(Object object) {
    try (Peek peek = new Peek()) {
      peek.writeObject(object);
      return peek;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "a " + object.getClass().getName() + " cannot be looked into: " + e, e);
    }
  }

  /** Is shown the object itself first, whatever stands in for it, and then its parts. */
  @Override
  protected @Nullable Object replaceObject(Object part) {
    shown++;
    if (shown == 2) {
      inner = part;
    }
    return shown == 1 ? part : null;
  }

  @Override
  protected void annotateClass(Class<?> type) {
    if (enumType == null && type.isEnum()) {
      enumType = type;
    }
  }
}
