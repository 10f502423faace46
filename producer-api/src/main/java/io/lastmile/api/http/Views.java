package io.lastmile.api.http;

/**
 * What people look at: the console, and what is asked by it more than by programs.
 *
 * @param hasConsole whether the page is served
 */
public record Views(TracePages traces, FigureStreams figures, boolean hasConsole) {}
