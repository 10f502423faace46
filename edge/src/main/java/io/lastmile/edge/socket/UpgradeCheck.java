package io.lastmile.edge.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a request before it becomes a WebSocket (RFC 6455, section 4.2): whether it is all
 * there, for this endpoint, and from a page that may. What is not is answered in HTTP and closed.
 * It leaves the pipeline with the request that it lets through. One for all connections.
 */
@Sharable
final class UpgradeCheck extends ChannelInboundHandlerAdapter {
    private final String path;
    private final WebSocketOrigins origins;

    UpgradeCheck(String path, WebSocketOrigins origins) {
        this.path = path;
        this.origins = origins;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            context.fireChannelRead(message);
            return;
        }
        HttpResponseStatus refusal = refusal(request);
        if (refusal != null) {
            request.release();
            refuse(context, refusal);
            return;
        }
        request.setUri(path); // who comes next knows no query and no absolute form
        context.fireChannelRead(request);
        context.pipeline().remove(this);
    }

    private @Nullable HttpResponseStatus refusal(FullHttpRequest request) {
        DecoderResult decoded = request.decoderResult();
        if (decoded.isFailure()) {
            return switch (decoded.cause()) {
                case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
                case TooLongHttpHeaderException _ ->
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
                default -> HttpResponseStatus.BAD_REQUEST;
            };
        }
        if (!path(request.uri()).equals(path)) {
            return HttpResponseStatus.NOT_FOUND;
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return HttpResponseStatus.METHOD_NOT_ALLOWED;
        }
        if (!request.headers()
                .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            return HttpResponseStatus.UPGRADE_REQUIRED;
        }
        List<String> said = request.headers().getAll(HttpHeaderNames.ORIGIN);
        return said.stream().allMatch(origins::allow) ? null : HttpResponseStatus.FORBIDDEN;
    }

    /** That of a request target in origin form or absolute form (RFC 9112, section 3.2). */
    private static String path(String target) {
        int query = target.indexOf('?');
        String whole = query < 0 ? target : target.substring(0, query);
        int authority = whole.startsWith("/") ? -1 : whole.indexOf("://");
        if (authority < 0) {
            return whole;
        }
        int from = whole.indexOf('/', authority + 3);
        return from < 0 ? "/" : whole.substring(from);
    }

    private static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
        String text =
                status.equals(HttpResponseStatus.FORBIDDEN)
                        ? "pages of this origin may not connect: see edge.ws.origins\n"
                        : status.reasonPhrase() + "\n";
        var answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, US_ASCII));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.length())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            answer.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.CONNECTION, "close, upgrade");
        } else if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            answer.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
        }
        var _ = context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
