package dev.reprise.cache.fingerprint;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * The components of a record class, and how to read them: from their fields, as an accessor is code
 * of the user's that may tell something else.
 */
final class RecordForm {
  // Not a map: a class value does not keep the class, and with it a user's class loader, alive.
  private static final ClassValue<RecordForm> FORMS =
      new ClassValue<>() {
        @Override
        protected RecordForm computeValue(Class<?> type) {
          return new RecordForm(type);
        }
      };

  private final Field[] fields;

  private RecordForm(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    fields = new Field[components.length];
    for (int i = 0; i < components.length; i++) {
      try {
        fields[i] = type.getDeclaredField(components[i].getName());
      } catch (NoSuchFieldException e) {
        throw new IllegalStateException("a component of " + type + " has no field", e);
      }
      fields[i].setAccessible(true);
    }
  }

  /**
   * Returns the form of a record class.
   *
   * @throws java.lang.reflect.InaccessibleObjectException if the class is in a module that is not
   *     open to this one
   */
  static RecordForm of(Class<?> type) {
    return FORMS.get(type);
  }

  int size() {
    return fields.length;
  }

  String name(int component) {
    return fields[component].getName();
  }

  @Nullable Object read(Object instance, int component) {
    try {
      return fields[component].get(instance);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("an accessible field is not", e);
    }
  }
}
