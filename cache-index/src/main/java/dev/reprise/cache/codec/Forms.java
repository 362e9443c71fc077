package dev.reprise.cache.codec;

import java.lang.reflect.Modifier;
import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All forms that one codec knows: those of the JDK's types and one for each registered class of the
 * user's that can have instances. Belongs to one {@link ObjectGraph}, because serializers do.
 */
final class Forms {
  private static final List<Class<?>> COMMON_ENUMS =
      List.of(DayOfWeek.class, Month.class, ChronoUnit.class, TimeUnit.class, RoundingMode.class);

  private final Map<Class<?>, Form> byClass = new HashMap<>();
  private final Map<String, Form> byName = new HashMap<>();
  private final Map<String, Class<?>> nameable = new HashMap<>();

  Forms(ObjectGraph graph, RegisteredTypes registered) {
    ScalarForms.addTo(this);
    CollectionForms.addTo(this, graph);
    MapForms.addTo(this, graph);
    WrapperForms.addTo(this, graph);
    EnumCollectionForms.addTo(this, graph);
    ArrayForms.addTo(this, graph);
    for (Class<?> type :
        List.of(
            boolean.class,
            byte.class,
            short.class,
            int.class,
            long.class,
            float.class,
            double.class,
            char.class,
            void.class,
            Object.class,
            Number.class,
            Comparable.class,
            CharSequence.class,
            List.class,
            Set.class,
            Map.class,
            Map.Entry.class,
            Collection.class,
            Iterable.class)) {
      nameable.put(type.getName(), type);
    }
    List<Class<?>> users = new ArrayList<>(COMMON_ENUMS);
    users.addAll(registered.classes());
    for (Class<?> type : users) {
      nameable.put(type.getName(), type);
      Form form = UserForms.of(type, graph);
      if (form != null) {
        add(form, type);
      }
    }
  }

  /** Adds a form for the classes that are written so; the first is the one that is read back. */
  void add(Form form, Class<?>... classes) {
    byName.put(form.name(), form);
    for (Class<?> type : classes) {
      byClass.put(type, form);
      nameable.put(type.getName(), type);
    }
  }

  /**
   * The form of instances of exactly this class.
   *
   * @throws Unencodable if there is none
   */
  Form of(Class<?> type) {
    Form form = byClass.get(type);
    if (form == null) {
      form = family(type);
      byClass.put(type, form);
    }
    return form;
  }

  /** The form of this name; null if there is none. */
  @Nullable Form named(String name) {
    return byName.get(name);
  }

  /** The class of this name, if it is one that a value may name; arrays by their elements. */
  @Nullable Class<?> classNamed(String name) {
    if (name.endsWith("[]")) {
      Class<?> component = classNamed(name.substring(0, name.length() - 2));
      return component == null || component == void.class ? null : component.arrayType();
    }
    return nameable.get(name);
  }

  private Form family(Class<?> type) {
    Class<?> superclass = type.getSuperclass();
    if (type.isArray()) {
      return known("array");
    }
    if (superclass != null && superclass.isEnum() && byClass.containsKey(superclass)) {
      return of(superclass); // a constant with a body
    }
    if (ZoneId.class.isAssignableFrom(type)) {
      return known("zone-id");
    }
    if (Charset.class.isAssignableFrom(type)) {
      return known("charset");
    }
    boolean view = type.getName().startsWith("java.util.") && List.class.isAssignableFrom(type);
    if (view && !Modifier.isPublic(type.getModifiers())) {
      return known("array-list"); // a sub-list and its like: a copy is what can be kept
    }
    throw new Unencodable(Refusals.notRegistered(type));
  }

  private Form known(String name) {
    Form form = byName.get(name);
    if (form == null) {
      throw new IllegalStateException("the form '" + name + "' is missing");
    }
    return form;
  }
}
