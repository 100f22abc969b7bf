import "reflect-metadata";
import {
  type ArgumentsHost,
  BadGatewayException,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Module,
  NotFoundException,
  Param,
  UnauthorizedException,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { Response } from "express";
import { CircuitOpenError, circuits, protect, retryAfterSeconds } from "next-protego";
import { shopFetch } from "./shop.js";

const productOf = protect(
  async (id: string) => {
    const response = await shopFetch(`https://shop.example.com/products/${id}`);
    if (response.status === 401) throw new UnauthorizedException();
    if (response.status === 404) throw new NotFoundException("no such product");
    if (!response.ok) throw new BadGatewayException("the shop failed");
    return response.json();
  },
  { name: "products" },
);

@Catch(CircuitOpenError)
class Refusals implements ExceptionFilter<CircuitOpenError> {
  catch(refusal: CircuitOpenError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.set({ "retry-after": String(retryAfterSeconds(refusal)), "cache-control": "no-store" });
    response.status(503).send("the shop is down, try again soon");
  }
}

@Catch(UnauthorizedException)
class Visitors implements ExceptionFilter<UnauthorizedException> {
  catch(_: UnauthorizedException, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().redirect(302, "/login");
  }
}

@Controller()
class Products {
  @Get(["products/:id", "shelf/:id"])
  product(@Param("id") id: string): Promise<unknown> {
    return productOf(id);
  }

  @Get("circuits")
  circuits(): unknown {
    return circuits.list().map((circuit) => circuit.snapshot());
  }
}

@Module({ controllers: [Products] })
class App {}

const app = await NestFactory.create(App, { logger: false });
app.useGlobalFilters(new Refusals(), new Visitors());
await app.listen(Number(process.env.PORT), process.env.HOST!);
