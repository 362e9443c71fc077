package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields that instances of a class are made of: components of a record in their order; of a
 * plain class all that are neither static nor transient, from the topmost superclass down, by name,
 * since reflection gives them in no order.
 *
 * @param fields readable by reflection
 * @param digest of names and types; other fields, other digest
 */
record ClassLayout(List<Field> fields, Fingerprint digest) {
  private static final Set<Class<?>> ONLY_CACHES = Set.of(AbstractList.class, AbstractMap.class);

  /** Methods by which a class tells Java serialisation to do otherwise, with their parameters. */
  private static final SortedMap<String, Class<?>[]> SERIAL_HOOKS =
      new TreeMap<>(
          Map.of(
              "writeObject", new Class<?>[] {ObjectOutputStream.class},
              "readObject", new Class<?>[] {ObjectInputStream.class},
              "writeReplace", new Class<?>[] {},
              "readResolve", new Class<?>[] {}));

  // Not a map: a class value does not keep the class, and with it a user's class loader, alive.
  private static final ClassValue<ClassLayout> LAYOUTS =
      new ClassValue<>() {
        @Override
        protected ClassLayout computeValue(Class<?> type) {
          return compute(type);
        }
      };

  /**
   * Returns the layout of a record or a plain class.
   *
   * @throws Unencodable if the fields may not be all that an instance holds: a superclass of the
   *     JDK's keeps some of it, or Java serialisation is told to write something else; or if one
   *     may not be touched
   */
  static ClassLayout of(Class<?> type) {
    return LAYOUTS.get(type);
  }

  private static ClassLayout compute(Class<?> type) {
    List<Field> fields = type.isRecord() ? components(type) : plainFields(type);
    Hasher hasher = Hasher.of("reprise/layout").putLong(fields.size());
    for (Field field : fields) {
      hasher
          .putString(field.getDeclaringClass().getName())
          .putString(field.getName())
          .putString(field.getGenericType().getTypeName());
      try {
        field.setAccessible(true);
      } catch (InaccessibleObjectException e) {
        throw new Unencodable(
            type.getName()
                + " has the field '"
                + field.getName()
                + "' of "
                + field.getDeclaringClass().getName()
                + ", which may not be read; return a record or a list instead");
      }
    }
    return new ClassLayout(List.copyOf(fields), hasher.finish());
  }

  private static List<Field> components(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      try {
        fields.add(type.getDeclaredField(component.getName()));
      } catch (NoSuchFieldException e) {
        throw new IllegalStateException("a component of " + type + " has no field", e);
      }
    }
    return fields;
  }

  private static List<Field> plainFields(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      String hidden = isOfTheJdk(each) ? heldBy(each) : serialHook(each);
      if (hidden != null) {
        throw new Unencodable(
            type.getName()
                + " "
                + hidden
                + ", so its fields may not be all that it holds; return a record, or copy it into"
                + " a collection of the JDK's");
      }
    }
    return instanceFields(type);
  }

  private static boolean isOfTheJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  /** Says that a class of the JDK's holds something; null if not. */
  private static @Nullable String heldBy(Class<?> type) {
    boolean holds =
        !ONLY_CACHES.contains(type)
            && Arrays.stream(type.getDeclaredFields())
                .anyMatch(field -> !Modifier.isStatic(field.getModifiers()));
    return holds ? "extends " + type.getName() : null;
  }

  /** Says by which method a class keeps more than its fields; null if there is none. */
  private static @Nullable String serialHook(Class<?> type) {
    if (Externalizable.class.isAssignableFrom(type)) {
      return "is Externalizable";
    }
    for (Map.Entry<String, Class<?>[]> hook : SERIAL_HOOKS.entrySet()) {
      try {
        Method found = type.getDeclaredMethod(hook.getKey(), hook.getValue());
        return "has the method " + type.getName() + "#" + found.getName();
      } catch (NoSuchMethodException e) {
        // as most have none
      } catch (NoClassDefFoundError e) {
        return "has methods in " + type.getName() + " with classes that are not here";
      }
    }
    return null;
  }

  private static List<Field> instanceFields(@Nullable Class<?> type) {
    if (type == null) {
      return new ArrayList<>();
    }
    List<Field> fields = instanceFields(type.getSuperclass());
    Arrays.stream(type.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .filter(field -> !Modifier.isTransient(field.getModifiers()))
        .sorted(Comparator.comparing(Field::getName))
        .forEach(fields::add);
    return fields;
  }
}
