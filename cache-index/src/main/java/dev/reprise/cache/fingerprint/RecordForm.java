package dev.reprise.cache.fingerprint;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/** The components of a record class, and how to read them. */
final class RecordForm {
  // Not a map: a class value does not keep the class, and with it a user's class loader, alive.
  private static final ClassValue<RecordForm> FORMS =
      new ClassValue<>() {
        @Override
        protected RecordForm computeValue(Class<?> type) {
          return new RecordForm(type);
        }
      };

  private final String[] names;
  private final MethodHandle[] accessors;

  private RecordForm(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    accessors = new MethodHandle[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = components[i].getName();
      Method accessor = components[i].getAccessor();
      accessor.setAccessible(true);
      try {
        accessors[i] = MethodHandles.lookup().unreflect(accessor);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("an accessible accessor of " + type + " is not", e);
      }
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
    return names.length;
  }

  String name(int component) {
    return names[component];
  }

  Object read(Object instance, int component) throws Throwable {
    return accessors[component].invoke(instance);
  }
}
