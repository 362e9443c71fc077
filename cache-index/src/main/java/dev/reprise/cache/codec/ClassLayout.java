package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
   * @throws Unencodable if a field may not be touched, such as one of a class of the JDK's
   */
  static ClassLayout of(Class<?> type) {
    return LAYOUTS.get(type);
  }

  private static ClassLayout compute(Class<?> type) {
    List<Field> fields = type.isRecord() ? components(type) : instanceFields(type);
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
