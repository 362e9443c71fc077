package dev.reprise.cache.codec;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The user's classes that may be in results: the allow list of the object codec. Made from the
 * types that a task declares, by walking what they are made of: components of records, type
 * arguments, elements of arrays, what a sealed type permits, fields of plain classes. A class that
 * is found nowhere in them, such as an implementation of an interface, is registered by name.
 *
 * <p>Library types that codecs know by themselves need not be registered and are left out.
 * Immutable.
 */
public final class RegisteredTypes {
  /** No classes of the user's: results of JDK types alone. */
  public static final RegisteredTypes NONE = new RegisteredTypes(Set.of());

  private final SortedSet<Class<?>> classes = new TreeSet<>(Comparator.comparing(Class::getName));

  private RegisteredTypes(Collection<Class<?>> classes) {
    this.classes.addAll(classes);
  }

  /** Returns what is reachable from {@code declared}, such as a method's parameters and result. */
  public static RegisteredTypes of(Collection<? extends Type> declared) {
    TypeWalk walk = new TypeWalk();
    declared.forEach(walk::add);
    return new RegisteredTypes(walk.found());
  }

  /** Returns what is reachable from {@code declared}. */
  public static RegisteredTypes of(Type... declared) {
    return of(List.of(declared));
  }

  /**
   * Returns the classes of these names, as {@link #names} gave them on another machine. Loads them
   * and runs none of their code.
   *
   * @throws ClassNotFoundException if one is not on this machine's class path
   */
  public static RegisteredTypes named(Collection<String> names, ClassLoader loader)
      throws ClassNotFoundException {
    SortedSet<Class<?>> classes = new TreeSet<>(Comparator.comparing(Class::getName));
    for (String name : names) {
      classes.add(Class.forName(name, false, loader));
    }
    return new RegisteredTypes(classes);
  }

  /** Returns these and what is reachable from {@code more}. */
  public RegisteredTypes with(Type... more) {
    RegisteredTypes both = of(more);
    both.classes.addAll(classes);
    return both;
  }

  /** The classes, ascending by name; interfaces and abstract classes too. */
  public List<Class<?>> classes() {
    return List.copyOf(classes);
  }

  /** The names of the classes, ascending. */
  public List<String> names() {
    return classes.stream().map(Class::getName).toList();
  }
}
