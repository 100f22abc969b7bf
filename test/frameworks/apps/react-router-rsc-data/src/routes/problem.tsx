"use client";

import { useRouteError } from "react-router";

export const ErrorBoundary = () => <p>{(useRouteError() as { data?: string }).data}</p>;
